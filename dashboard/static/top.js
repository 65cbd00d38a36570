// Brings a new answer into view: its beginning, once, and not again while it is read.
export default function ({ data }) {
  if (!data || window.downlineTop === data.of) return;
  window.downlineTop = data.of;
  const main = document.querySelector('[data-testid="stMain"]');
  if (main) main.scrollTo(0, 0);
}
