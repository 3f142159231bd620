/** An input or an output of rows, by its name. */
export interface RowColumn {
  of: 'inputs' | 'outputs'
  name: string
}

/** In which order rows are listed: by their number in the sheet, what they took or cost, or a column of theirs. */
export interface RowOrder {
  by: 'row' | 'seconds' | 'price' | RowColumn
  isDescending: boolean
}
