// Says in the document what language it is in and which way it runs.
export default function ({ data }) {
  if (!data) return;
  document.documentElement.lang = data.lang;
  const app = document.querySelector(".stApp");
  if (app) app.dir = data.dir;
}
