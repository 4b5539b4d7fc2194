// Comfort only: a row of the table and its mark light up together. Without it nothing is lost.
"use strict";
for (const article of document.querySelectorAll("article")) {
  const marks = article.querySelectorAll(".marks use");
  const rows = article.querySelectorAll("tbody tr");
  if (marks.length !== rows.length) continue;
  rows.forEach((row, at) => {
    const light = (on) => () => {
      row.classList.toggle("lit", on);
      marks[at].classList.toggle("lit", on);
    };
    for (const each of [row, marks[at]]) {
      each.addEventListener("mouseenter", light(true));
      each.addEventListener("mouseleave", light(false));
    }
  });
}
