// Progressive enhancement only: every page does its work without this file. No outside requests, no inline code, no eval.

document.body.classList.add("js-enabled", "govuk-frontend-supported");

/** Put the keyboard on the error summary, so that a screen reader starts there. */
function focusErrors(root = document) {
  const summary = root.querySelector(".govuk-error-summary");
  if (!summary) return;
  summary.tabIndex = -1;
  summary.focus();
  summary.addEventListener("blur", () => summary.removeAttribute("tabindex"), { once: true });
}

/** Fold the navigation behind a button on a small screen. */
function foldNavigation(section) {
  const button = section.querySelector(".govuk-js-service-navigation-toggle");
  const list = button && document.getElementById(button.getAttribute("aria-controls"));
  if (!list) return;
  const wide = window.matchMedia("(min-width: 40.0625em)");
  let open = false;
  const draw = () => {
    button.hidden = wide.matches;
    button.toggleAttribute("aria-hidden", false);
    list.hidden = !wide.matches && !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.removeAttribute("aria-hidden");
  button.addEventListener("click", () => { open = !open; draw(); });
  wide.addEventListener("change", draw);
  draw();
}

/** A second press of a button within a second is not meant. */
function preventDoubleClick(button) {
  let last = -Infinity;
  button.addEventListener("click", (event) => {
    if (event.timeStamp - last < 1000) event.preventDefault();
    else last = event.timeStamp;
  });
}

/** Show the answer of the server in place of the page, with the keyboard on what is wrong. */
function showAnswer(text) {
  const answer = new DOMParser().parseFromString(text, "text/html");
  const main = answer.querySelector("main");
  if (!main) return false;
  document.title = answer.title;
  document.querySelector("main").replaceWith(document.adoptNode(main));
  enhance(main);
  focusErrors(main);
  return true;
}

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let place = 0;
  while (bytes >= 1000 && place < units.length - 1) { bytes /= 1000; place += 1; }
  return `${place ? bytes.toFixed(1) : bytes} ${units[place]}`;
}

/** Send the file with a progress bar, and let it be dropped onto the form. */
function uploadWithProgress(form) {
  const input = form.querySelector("input[type=file]");
  const drop = input.closest(".hub-drop");
  const shown = form.querySelector("[data-upload-progress]");
  const words = form.querySelector("[data-upload-words]");
  const meter = form.querySelector("progress");
  const button = form.querySelector("button[type=submit]");
  const plainly = () => { input.disabled = false; form.submit(); };
  const over = (event, on) => { event.preventDefault(); drop.classList.toggle("hub-drop--over", on); };
  drop.addEventListener("dragover", (event) => over(event, true));
  drop.addEventListener("dragleave", (event) => over(event, false));
  drop.addEventListener("drop", (event) => {
    over(event, false);
    if (event.dataTransfer.files.length === 1) input.files = event.dataTransfer.files;
  });
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    let said = -1;
    request.upload.addEventListener("progress", (progress) => {
      if (!progress.lengthComputable) return;
      const percent = Math.floor((100 * progress.loaded) / progress.total);
      meter.value = percent;
      if (Math.floor(percent / 10) !== said) {
        said = Math.floor(percent / 10);
        words.textContent = `${form.dataset.sending}: ${file.name}, ${size(file.size)}, ${percent} %`;
      }
    });
    request.addEventListener("load", () => {
      if (request.status < 400) window.location.assign(request.responseURL);
      else if (!showAnswer(request.responseText)) plainly();
    });
    request.addEventListener("error", () => plainly());
    const body = new FormData(form);
    shown.hidden = false;
    words.textContent = `${form.dataset.sending}: ${file.name}, ${size(file.size)}`;
    button.disabled = true;
    input.disabled = true;
    request.open("POST", form.action);
    request.send(body);
  });
}

/** Look again from time to time while work is under way; the page is loaded anew when it has ended. */
function poll(region) {
  if (region.dataset.running !== "yes") return;
  const again = async () => {
    try {
      const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(region.id);
      if (!response.ok || !fresh || fresh.dataset.running !== "yes") return window.location.reload();
      const live = region.querySelector("[aria-live]");
      const next = fresh.querySelector("[aria-live]");
      if (live && next && live.innerHTML !== next.innerHTML) live.replaceChildren(...next.childNodes);
    } catch {
      // the network is away for a moment: the next look may work
    }
    return setTimeout(again, 2500);
  };
  setTimeout(again, 1500);
}

/** Sort a table by a column. A cell that shows no number always stands last: its order must tell nothing. */
function sortable(table) {
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[0].cells];
  const numberOf = (cell) => {
    const text = cell.textContent.trim().replaceAll(",", "");
    return text === "" || Number.isNaN(Number(text)) ? null : Number(text);
  };
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hub-sort";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "ascending";
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numeric = header.classList.contains("govuk-table__header--numeric");
      const words = (cell) => cell.dataset.order ?? cell.textContent.trim();
      const key = (row) => (numeric ? numberOf(row.cells[column]) : words(row.cells[column]));
      const rows = [...body.rows].map((row, place) => ({ row, place, key: key(row) }));
      rows.sort((a, b) => {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.place - b.place;
        const order = numeric ? a.key - b.key : a.key.localeCompare(b.key, "en", { numeric: true });
        return (down ? -order : order) || a.place - b.place;
      });
      body.append(...rows.map((entry) => entry.row));
    });
  });
}

const MODULES = {
  "govuk-service-navigation": foldNavigation,
  "govuk-button": (button) => { if (button.dataset.preventDoubleClick === "true") preventDoubleClick(button); },
  "hub-upload": uploadWithProgress,
  "hub-poll": poll,
  "hub-sort": sortable,
};

function enhance(root) {
  for (const element of root.querySelectorAll("[data-module]")) MODULES[element.dataset.module]?.(element);
}

enhance(document);
focusErrors();
