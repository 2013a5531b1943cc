/** What *working* and *error* rest on, in the words that the page shows. */
export const howKnown = (activity: boolean): string =>
  activity
    ? 'This lab collects passive activity: working is the question whose cell ran last, error also a cell that ended in one and was not sent. Without newer activity, working is the first question without a record after the last one sent.'
    : 'Working is the first question without a record after the last one sent; error is an error that was sent. What students type or run without sending is not watched.';
