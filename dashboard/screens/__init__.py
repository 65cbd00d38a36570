"""One file a page; each has `show(session)`, which draws it through the API and raises the API's problems to `app`."""
