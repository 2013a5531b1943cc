/** Our icons as JupyterLab's, so that they follow its themes. */
import { LabIcon } from '@jupyterlab/ui-components';
import { flagSvg, logoSvg, upSvg } from './panel/icon-paths.js';

export const logoIcon = new LabIcon({ name: 'nbpulse:logo', svgstr: logoSvg });
export const flagIcon = new LabIcon({ name: 'nbpulse:checkpoint', svgstr: flagSvg });
export const upIcon = new LabIcon({ name: 'nbpulse:submit', svgstr: upSvg });
