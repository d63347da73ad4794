/** What a spreadsheet may take for a formula, in East Asian width too, whatever number of apostrophes stand before it. */
const FORMULA = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEUTRALISED = /^'+[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** A cell that no spreadsheet takes for a formula; `fromCell` gives back exactly the text that went in. */
export function toCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that `toCell` made a cell of; a cell that came from elsewhere stays as it is. */
export function fromCell(cell: string): string {
  return NEUTRALISED.test(cell) ? cell.slice(1) : cell;
}
