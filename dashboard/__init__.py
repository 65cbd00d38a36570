"""The dashboard: what the API knows, for people who look rather than call.

A Streamlit application in English and Arabic. It imports none of the other rooms: whatever it shows it asked the API
for, with the token of the person who looks, so that permission is decided in one place and what stands on a page can
be had by a program too. `downline up` starts it beside the API; by hand:

    DOWNLINE_API=http://127.0.0.1:8000 DOWNLINE_TOKEN=... streamlit run dashboard/app.py

How it is laid out, top-down:

    app.py        the entry: language, sign-in, navigation, then one screen
    session.py    who looks, at which case and analysis, in which language; all but the token stands in the URL
    client.py     the API over HTTP, and its two kinds of errors
    words.py      every word that is not the API's, in both languages
    figures.py    numbers as people read them, isolated where text runs from right to left
    pieces.py     HTML that the screens share: tiles, tables, badges, notices
    pictures.py   charts as SVG, each with the same figures as a table
    icicle.py     the tree: a component that draws a window of it and keeps the viewport in the browser
    screens/      one file a page: cases, upload, overview, findings, tree, report
    static/       style sheet, the icicle's script, fonts; nothing is fetched from elsewhere
    .streamlit/   Streamlit's settings

Right to left is done by our own style sheet with logical properties. Two things are never mirrored: trees and time
axes, so that readers of both languages see the same picture. Numbers, ids and queries stay left to right.
"""

__all__: list[str] = []
