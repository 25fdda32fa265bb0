/**
 * Coefficients x with the least sum of (rows[i] . x - targets[i])^2, by Householder reflections.
 * Throws where a coefficient cannot be told from the others.
 */
export function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const columns = rows[0]?.length ?? 0;
  const scale = Array.from({ length: columns }, (_, column) => Math.hypot(...rows.map(row => row[column] ?? 0)));
  const a = rows.map(row => row.map((value, column) => value / (scale[column] || 1)));
  const b = [...targets];
  for (let column = 0; column < columns; column++) {
    reflect(a, b, column);
    if (Math.abs(a[column][column]) < 1e-6)
      throw new RangeError(`The rows say nothing about coefficient ${column} beside the others`);
  }
  const x = new Array<number>(columns).fill(0);
  for (let row = columns - 1; row >= 0; row--) {
    let rest = b[row];
    for (let column = row + 1; column < columns; column++) rest -= a[row][column] * x[column];
    x[row] = rest / a[row][row];
  }
  return x.map((value, column) => value / (scale[column] || 1));
}

/** Makes a column zero below the diagonal. */
function reflect(a: number[][], b: number[], column: number): void {
  const length = Math.hypot(...a.slice(column).map(row => row[column]));
  if (length === 0) return;
  const normal = a.slice(column).map(row => row[column]);
  normal[0] += normal[0] > 0 ? length : -length;
  const square = normal.reduce((sum, value) => sum + value * value, 0);
  const apply = (value: (row: number) => number, subtract: (row: number, amount: number) => void): void => {
    const factor = (2 * normal.reduce((sum, entry, index) => sum + entry * value(column + index), 0)) / square;
    normal.forEach((entry, index) => {
      subtract(column + index, factor * entry);
    });
  };
  for (let other = column; other < a[column].length; other++)
    apply(
      row => a[row][other],
      (row, amount) => {
        a[row][other] -= amount;
      },
    );
  apply(
    row => b[row],
    (row, amount) => {
      b[row] -= amount;
    },
  );
}
