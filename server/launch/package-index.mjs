/**
 * Where Python packages come from on this machine: what pip is configured with (a site's index, proxy, certificates), told to
 * uv, which does not read pip's configuration. What is set for uv already stays.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const publicIndex = 'https://pypi.org/simple';

/** pip's option → value, the later source winning: site, user, PIP_CONFIG_FILE, environment. @returns {Map<string, string>} */
function configuredForPip() {
  const files = [
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
    join(homedir(), '.pip/pip.conf'),
    join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'pip/pip.conf'),
    ...(process.env.PIP_CONFIG_FILE ? [process.env.PIP_CONFIG_FILE] : []),
  ];
  const options = new Map();
  for (const file of files.filter((path) => existsSync(path))) {
    for (const [name, value] of readSections(readFileSync(file, 'utf8'))) options.set(name, value);
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('PIP_') && value) options.set(name.slice(4).toLowerCase().replaceAll('_', '-'), value);
  }
  return options;
}

/** The options of `[global]` and `[install]`; a value may go on in indented lines. @param {string} text */
export function* readSections(text) {
  let wanted = false;
  /** @type {[string, string] | undefined} */
  let option;
  for (const line of text.split('\n')) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const section = /^\[(.+)\]/.exec(line);
    const assignment = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (option && /^\s/.test(line)) {
      option[1] = `${option[1]} ${line.trim()}`.trim();
      continue;
    }
    if (option) yield option;
    option = undefined;
    if (section) wanted = section[1] === 'global' || section[1] === 'install';
    else if (assignment && wanted) option = [assignment[1].replaceAll('_', '-'), assignment[2].trim()];
  }
  if (option) yield option;
}

/** @param {Map<string, string>} [pip] */
export function packageIndex(pip = configuredForPip()) {
  const many = (/** @type {string} */ name) => (pip.get(name) ?? '').split(/\s+/).filter(Boolean);
  const index = process.env.UV_DEFAULT_INDEX ?? pip.get('index-url') ?? publicIndex;
  const extra = many('extra-index-url');
  /** @type {Record<string, string>} */
  const forUv = {};
  const tell = (/** @type {string} */ name, /** @type {string | undefined} */ value) => {
    if (value && !process.env[name]) forUv[name] = value;
  };
  if (index !== publicIndex) tell('UV_DEFAULT_INDEX', index);
  tell('UV_INDEX', extra.join(' '));
  tell('UV_FIND_LINKS', many('find-links').join(','));
  tell('UV_INSECURE_HOST', many('trusted-host').join(' '));
  tell('SSL_CERT_FILE', pip.get('cert'));
  tell('HTTPS_PROXY', pip.get('proxy'));
  tell('HTTP_PROXY', pip.get('proxy'));
  tell('UV_HTTP_TIMEOUT', pip.get('default-timeout') ?? pip.get('timeout'));
  // Every package is pinned by hash, so it does not matter which index answers first.
  tell('UV_INDEX_STRATEGY', 'unsafe-best-match');
  return { indexes: [index, ...extra], forUv };
}
