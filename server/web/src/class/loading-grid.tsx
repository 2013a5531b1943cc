/** The class page's frame with grey marks, shown after 200 ms. */
export function LoadingGrid() {
  return (
    <main className="late loading-grid" id="main" tabIndex={-1} aria-busy="true">
      <span className="vh">Loading the class</span>
      {Array.from({ length: 16 }, (_, row) => (
        <div key={row}>
          <span className="sk" style={{ width: 70 + ((row * 37) % 60) }} />
          {Array.from({ length: 8 }, (_unused, column) => (
            <span key={column} className="sk" style={{ width: 13, height: 13 }} />
          ))}
        </div>
      ))}
    </main>
  );
}
