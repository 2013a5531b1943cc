/** A place in the grid: row −1 is the header, column −1 the name. */
export interface Place {
  row: number;
  column: number;
}
