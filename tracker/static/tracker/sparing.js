// Only what belongs to the chosen drug is seen and sent; without this each group says whose it is.
(function () {
  "use strict";

  var drug = document.getElementById("id_agent");
  var groups = Array.from(document.querySelectorAll("fieldset[data-drug]"));
  if (!drug || drug.type === "hidden") return;

  function follow() {
    groups.forEach(function (group) {
      var other = group.dataset.drug !== drug.value;
      group.hidden = other;
      group.disabled = other; // a disabled field is not sent
    });
  }
  // A dose of one drug is a week's, of the other a day's: none is carried over.
  var before = drug.value;
  drug.addEventListener("change", function () {
    if (before) {
      ["start_mg", "target_mg", "increment_mg", "frequency"].forEach(function (name) {
        document.getElementById("id_" + name).value = "";
      });
    }
    before = drug.value;
    follow();
  });
  window.addEventListener("pageshow", follow); // a page that comes back has its choices again
  follow();
})();
