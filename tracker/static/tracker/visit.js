// The MMT8 total follows the eight muscles of the right side, on the Kendall scale only.
(function () {
  "use strict";
  var total = document.getElementById("id_mmt8");
  var scale = document.getElementById("id_mmt_scale");
  if (!total || !scale) return;
  var names = [
    "neck_flexors.midline", "middle_deltoid.right", "biceps.right", "wrist_extensors.right",
    "gluteus_maximus.right", "gluteus_medius.right", "quadriceps.right", "ankle_dorsiflexors.right"
  ];
  var cells = names.map(function (name) {
    return document.querySelector('[data-grade="' + name + '"]');
  });
  function add() {
    if (scale.value !== "KENDALL" || cells.some(function (cell) { return !cell || !cell.value.trim(); })) return;
    var sum = cells.reduce(function (so, cell) {
      var grade = cell.value.trim().toUpperCase();
      return so + (grade === "T" ? 0 : Number(grade));
    }, 0);
    if (Number.isInteger(sum)) total.value = String(sum);
  }
  cells.concat(scale).forEach(function (cell) {
    if (cell) cell.addEventListener("input", add);
  });
})();
