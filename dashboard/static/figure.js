// Puts HTML that Python wrote (and escaped) on the page, under the page's own style sheet: what `st.html` would strip
// (drawings) or could not answer (buttons inside a table). A click on `data-go` tells Python its value.
export default function (component) {
  const { data, parentElement } = component;
  let box = parentElement.querySelector(":scope > .stHtml");
  if (!box) {
    box = document.createElement("div");
    box.className = "stHtml";
    parentElement.appendChild(box);
  }
  if (data && box.dataset.shown !== data.html) {
    box.innerHTML = data.html;
    box.dataset.shown = data.html;
  }
  box.onclick = (event) => {
    const button = event.target.closest("[data-go]");
    if (button) component.setTriggerValue("go", { value: button.dataset.go });
  };
  return () => box.remove();
}
