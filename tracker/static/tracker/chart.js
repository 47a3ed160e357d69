// One stop of the Tab key for a chart; the arrow keys go from day to day.
(function () {
  "use strict";
  document.querySelectorAll("svg[data-chart]").forEach(function (chart) {
    var days = Array.from(chart.querySelectorAll(".hit"));
    if (!days.length) return;
    days.forEach(function (day, index) {
      day.setAttribute("tabindex", index === days.length - 1 ? "0" : "-1");
    });
    chart.addEventListener("keydown", function (event) {
      var moves = { ArrowLeft: -1, ArrowRight: 1, Home: -days.length, End: days.length };
      var at = days.indexOf(document.activeElement);
      if (at < 0 || !(event.key in moves)) return;
      event.preventDefault();
      var next = Math.min(Math.max(at + moves[event.key], 0), days.length - 1);
      days[at].setAttribute("tabindex", "-1");
      days[next].setAttribute("tabindex", "0");
      days[next].focus();
    });
  });
})();
