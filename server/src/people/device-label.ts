/**
 * A device's label, as its front end named itself: `JupyterLab at hub.example.org`. A Jupyter server that is reached by its number
 * would bring that in with it; addresses are not stored, so it goes.
 */
export const deviceLabel = (label: string): string =>
  label.replace(/\p{C}/gu, '').replace(loopback, 'localhost').replace(ipv4, 'an address').replace(ipv6, 'an address');

const loopback = /\b127(?:\.\d{1,3}){3}\b|\[::1\]/g;
const ipv4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
const ipv6 = /\[[0-9a-f:.%]{3,}\]|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?![\w:])/gi;
