// Comforts of the visit form: totals follow their parts, Enter moves on, what was typed is kept.
(function () {
  "use strict";

  // Totals ---------------------------------------------------------------------------------------

  var MUSCLES = ["middle_deltoid", "biceps", "wrist_extensors", "gluteus_maximus", "gluteus_medius",
    "quadriceps", "ankle_dorsiflexors"];

  function grades(sides) {
    var names = ["neck_flexors.midline"];
    sides.forEach(function (side) {
      MUSCLES.forEach(function (muscle) { names.push(muscle + "." + side); });
    });
    return names.map(function (name) { return document.querySelector('[data-grade="' + name + '"]'); });
  }
  function items(score) {
    return Array.from(document.querySelectorAll('[data-item="' + score + '"]'));
  }
  function number(text) {
    var clean = text.trim().toUpperCase();
    if (clean === "T") return 0; // trace has no number and counts as none
    return /^[0-9]{1,2}$/.test(clean) ? Number(clean) : null;
  }
  function follow(score, cells, counts, noun) {
    var total = document.getElementById("id_" + score.toLowerCase());
    var running = document.querySelector('[data-running="' + score + '"]');
    cells = cells.filter(Boolean);
    if (!total || !cells.length) return;
    function add() {
      var given = cells.filter(function (cell) { return cell.value.trim(); });
      var found = given.map(function (cell) { return number(cell.value); });
      var known = counts() && found.indexOf(null) < 0;
      var sum = known ? found.reduce(function (so, each) { return so + each; }, 0) : null;
      if (known && given.length === cells.length) total.value = String(sum);
      if (running) {
        running.textContent = known && given.length
          ? given.length + " of " + cells.length + " " + noun + ": " + sum : "";
      }
    }
    cells.forEach(function (cell) { cell.addEventListener("input", add); });
    var scale = document.getElementById("id_mmt_scale");
    if (scale) scale.addEventListener("change", add);
  }
  function always() { return true; }
  function isKendall() {
    var scale = document.getElementById("id_mmt_scale");
    return Boolean(scale) && scale.value === "KENDALL";
  }
  follow("IBMFRS", items("IBMFRS"), always, "items");
  follow("EAT10", items("EAT10"), always, "items");
  follow("MMT8", grades(["right"]), isKendall, "muscles");
  follow("MMT8_BILATERAL", grades(["right", "left"]), isKendall, "muscles");

  // The keyboard ---------------------------------------------------------------------------------

  var form = document.querySelector("form[data-visit]");
  var summary = document.querySelector("form[data-summary]");
  if (summary) {
    (summary.querySelector("input[type=checkbox]:not(:checked)") ||
      summary.querySelector("button")).focus();
  }
  if (!form) return;
  var keys = document.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  var send = form.querySelector("button[value=check]");

  function stops() {
    return Array.from(form.querySelectorAll("input[type=text], input[type=date]"))
      .filter(function (field) { return !field.closest("details:not([open])"); }).concat(send);
  }
  form.addEventListener("keydown", function (event) {
    if (event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(send);
    } else if (event.target.matches("input[type=text], input[type=date]")) {
      event.preventDefault();
      var all = stops();
      all[all.indexOf(event.target) + 1].focus();
    }
  });
  var first = form.querySelector(".measure input[type=text]");
  if (first && !document.querySelector("[data-errors]")) first.focus({ preventScroll: true });

  // What was typed -------------------------------------------------------------------------------

  var draft = form.dataset.draft;
  var kept = document.getElementById("kept");
  if (!draft || !kept) return;
  var changed = false;
  form.addEventListener("input", function () { changed = true; });
  form.addEventListener("submit", function () { changed = false; });
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target !== kept) return;
    var left = new URL(event.detail.xhr.responseURL, location.href).pathname !==
      new URL(draft, location.href).pathname;
    event.detail.shouldSwap = !left && event.detail.xhr.status === 200;
    if (event.detail.shouldSwap) {
      changed = false;
    } else {
      kept.textContent = left
        ? "You are logged out, and the last entry is not kept. Log in again: the form is filled in as it was before."
        : "The last entry is not kept: the server refused it.";
    }
  });
  document.body.addEventListener("htmx:sendError", function () {
    kept.textContent = "The last entry is not kept: there is no connection.";
  });
  window.addEventListener("pagehide", function () {
    if (changed) navigator.sendBeacon(draft, new FormData(form));
  });
})();
