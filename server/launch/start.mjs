/* `npm start`. This file runs on any Node, so that one that is too old is told so; the rest is in launch.mjs. */
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error('nbpulse needs Node.js 20.19 or newer; this is ' + process.versions.node + '.');
  console.error('  → install a newer one, for instance: npx --yes n 22   or   https://nodejs.org/en/download');
  process.exit(1);
} else if (process.platform === 'win32') {
  console.error('nbpulse runs on Linux and macOS.');
  console.error('  → on Windows start it inside WSL: https://learn.microsoft.com/windows/wsl/install');
  process.exit(1);
} else {
  import('./launch.mjs').then(function (launch) {
    return launch.main(process.argv.slice(2));
  });
}
