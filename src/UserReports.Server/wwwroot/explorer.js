// What the explorer does in the browser: completions, keys, theme, column widths and order, copying.
"use strict";
window.explorer = (() => {
  const byId = id => document.getElementById(id);
  const pages = { a: "?all", r: "runs", u: "audit" };
  let lead = "";

  function theme(chosen) {
    document.documentElement.dataset.theme = chosen;
    const path = new URL(document.baseURI).pathname;
    document.cookie = `user-reports-theme=${chosen};path=${path};max-age=31536000;samesite=lax`;
    return chosen === "dark" || chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function focusPanel() {
    byId("panel")?.querySelector("input, select, button, a")?.focus();
  }

  async function copy(button) {
    const from = button.dataset.copy;
    const text = from === "address" ? location.href : byId(from).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers keep the clipboard from pages without TLS; the older way still works there.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  // ---- an account's year: day by day, in all of its charts at once ----
  function lookAt(plot, day) {
    const section = plot.closest(".year"), days = Number(plot.dataset.days);
    const place = Math.min(days - 1, Math.max(0, day));
    const table = section.querySelector(".year-table");
    const heads = [...table.tHead.rows[0].cells];
    const words = [...table.tBodies[0].rows[place].cells].map((cell, index) =>
      index === 0 ? cell.textContent : `${heads[index].textContent.toLowerCase()}: ${cell.textContent}`).join(", ");
    section.querySelector(".year-readout").textContent = words;
    for (const each of section.querySelectorAll(".year-plot")) {
      each.setAttribute("aria-valuenow", String(place));
      each.setAttribute("aria-valuetext", words);
      const cursor = each.querySelector(".year-cursor");
      cursor.style.left = `${100 * (place + 0.5) / Number(each.dataset.width)}%`;
      cursor.hidden = false;
    }
  }

  for (const name of ["pointermove", "pointerdown"])
    document.addEventListener(name, event => {
      const plot = event.target.closest?.(".year-plot");
      if (!plot)
        return;
      const box = plot.getBoundingClientRect();
      lookAt(plot, Math.floor((event.clientX - box.left) / box.width * Number(plot.dataset.width)));
    });

  document.addEventListener("keydown", event => {
    const plot = event.target.closest?.(".year-plot");
    const days = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30,
      Home: -9999, End: 9999 };
    if (!plot || !(event.key in days))
      return;
    event.preventDefault();
    lookAt(plot, Number(plot.getAttribute("aria-valuenow")) + days[event.key]);
  });

  // ---- the query with its completions ----
  let asked = null, listener = null;

  // The form is on the screen a moment before the server listens to it; what is asked in between is not lost.
  function ask(text) {
    const listens = listener?.input === byId("query");
    asked = listens ? null : text;
    if (listens)
      listener.page.invokeMethodAsync("AskAsync", text);
  }

  document.addEventListener("submit", event => {
    if (event.target.id !== "query-form")
      return;
    event.preventDefault();
    ask(byId("query").value);
  });

  function queryInput(input, page) {
    const list = byId("query-list");
    let items = [], at = -1, answer = null, answered = "", turn = 0, timer = 0;
    listener = { input, page };
    if (asked !== null)
      ask(asked);
    else if (document.activeElement === input && input.value)
      complete();

    function close() {
      list.hidden = true;
      at = -1;
      turn++;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function show(completion, text) {
      answer = completion;
      answered = text;
      items = completion.items;
      list.replaceChildren(...items.map((item, index) => {
        const option = document.createElement("li");
        option.id = `query-option-${index}`;
        option.role = "option";
        option.setAttribute("aria-selected", "false");
        const name = document.createElement("b");
        name.textContent = item.text;
        const words = document.createElement("span");
        words.textContent = item.description;
        option.append(name, words);
        option.addEventListener("mousedown", event => { event.preventDefault(); accept(index); });
        return option;
      }));
      at = -1;
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      input.removeAttribute("aria-activedescendant");
    }

    function move(by) {
      list.children[at]?.setAttribute("aria-selected", "false");
      at = (at + by + items.length) % items.length;
      const option = list.children[at];
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    }

    function accept(index) {
      const { text } = items[index];
      const isField = answer.kind === 0;
      // The list may be that of a few letters ago; what has been typed since belongs to the same word.
      const end = Math.max(answer.start, answer.start + answer.length + input.value.length - answered.length);
      if (input.value.slice(0, answer.start) !== answered.slice(0, answer.start)) {
        complete();
        return;
      }
      const mark = answer.kind === 2 ? " " : isField && /\[\]$/.test(text) ? "__" : ":";
      const rest = input.value.slice(end);
      const added = rest.startsWith(mark) ? text : text + mark;
      input.value = input.value.slice(0, answer.start) + added + rest;
      const caret = answer.start + added.length;
      input.setSelectionRange(caret, caret);
      close();
      complete();
    }

    async function complete() {
      const mine = ++turn;
      const text = input.value;
      const completion = await page.invokeMethodAsync("CompleteAsync", text, input.selectionStart ?? 0);
      if (mine === turn && document.activeElement === input)
        show(completion, text);
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(complete, 60);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", event => {
      const isOpen = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (isOpen)
          move(event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1);
        else
          complete();
      } else if (event.key === "Escape" && isOpen) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if ((event.key === "Enter" || event.key === "Tab") && isOpen && at >= 0) {
        event.preventDefault();
        accept(at);
      }
    });
    byId("query-form").addEventListener("submit", () => {
      clearTimeout(timer);
      close();
    });
  }

  function setQuery(text) {
    byId("query").value = text;
  }

  // A list that is chosen from keeps its choice.
  function clear(id) {
    const field = byId(id);
    if (field?.tagName === "INPUT")
      field.value = "";
  }

  // ---- the table: widths by dragging an edge, order by dragging a head ----
  function table(element, page) {
    if (!element || element.dataset.ready)
      return;
    element.dataset.ready = "yes";
    let dragged = null;
    const headOf = event => event.target.closest("th[data-key]");
    element.addEventListener("pointerdown", event => {
      const head = headOf(event);
      if (!head || !event.target.classList.contains("grip"))
        return;
      event.preventDefault();
      const column = element.querySelectorAll("col")[head.cellIndex];
      const from = event.clientX, width = head.offsetWidth, all = element.offsetWidth;
      head.draggable = false;
      const follow = move => {
        const wanted = Math.max(60, width + move.clientX - from);
        column.style.width = `${wanted}px`;
        element.style.width = `${all + wanted - width}px`;
      };
      const end = up => {
        removeEventListener("pointermove", follow);
        removeEventListener("pointerup", end);
        head.draggable = true;
        page.invokeMethodAsync("ResizeAsync", head.dataset.key, Math.round(width + up.clientX - from));
      };
      addEventListener("pointermove", follow);
      addEventListener("pointerup", end);
    });
    element.addEventListener("dragstart", event => { dragged = headOf(event)?.dataset.key ?? null; });
    element.addEventListener("dragover", event => { if (dragged && headOf(event)) event.preventDefault(); });
    element.addEventListener("drop", event => {
      const target = headOf(event);
      if (!dragged || !target)
        return;
      event.preventDefault();
      page.invokeMethodAsync("MoveAsync", dragged, target.dataset.key);
      dragged = null;
    });
  }

  function step(by) {
    const links = [...document.querySelectorAll("table.reports tbody th a")];
    const now = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, now < 0 ? 0 : now + by))]?.focus();
  }

  // Tabs: the arrows go from one to the next, and show it.
  document.addEventListener("keydown", event => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const tabs = [...(event.target.closest("[role=tablist]")?.querySelectorAll("[role=tab]") ?? [])];
    if (!by || tabs.length === 0)
      return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(event.target) + by + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });

  const actions = {
    "/": () => byId("query")?.select() ?? byId("query")?.focus(),
    b: () => byId("build-button")?.click(),
    c: () => byId("columns-button")?.click(),
    v: () => byId("views-button")?.click(),
    d: () => byId("days-button")?.click(),
    t: () => step(0),
    j: () => step(1),
    k: () => step(-1),
    n: () => byId("next-page")?.click(),
    p: () => byId("previous-page")?.click(),
    "?": () => byId("help-button")?.click(),
  };

  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && byId("panel"))
      return document.querySelector(".toolbar [aria-expanded=true]")?.click();
    if (event.ctrlKey || event.metaKey || event.altKey
        || event.target.closest("input, select, textarea, [role=dialog]"))
      return;
    if (lead === "g" && pages[event.key])
      document.querySelector(`nav a[href="${pages[event.key] === "?all" ? "" : pages[event.key]}"]`)?.click();
    else if (actions[event.key]) {
      event.preventDefault();
      actions[event.key]();
    }
    lead = event.key === "g" ? "g" : "";
  });

  document.addEventListener("click", event => {
    const button = event.target.closest("[data-copy]");
    if (button)
      copy(button);
    if (event.target.closest("[data-skip]")) {
      event.preventDefault();
      byId("main").focus();
    }
  });

  return { theme, focusPanel, queryInput, setQuery, clear, table };
})();
