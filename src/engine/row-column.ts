/** An input or an output of rows, by its name. */
export interface RowColumn {
  of: 'inputs' | 'outputs'
  name: string
}
