/** What a spreadsheet may take for a formula, whatever number of apostrophes stand before it. */
const FORMULA = /^'*[=+\-@\t\r]/;
const NEUTRALISED = /^'+[=+\-@\t\r]/;

/** A cell that no spreadsheet takes for a formula; `fromCell` gives back exactly the text that went in. */
export function toCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that `toCell` made a cell of; a cell that came from elsewhere stays as it is. */
export function fromCell(cell: string): string {
  return NEUTRALISED.test(cell) ? cell.slice(1) : cell;
}
