/** Our icons as JupyterLab's, so that they follow its themes. */
import { LabIcon } from '@jupyterlab/ui-components';
import { checkSvg, flagSvg, logoSvg, upSvg } from './panel/icon-paths.js';

export const logoIcon = new LabIcon({ name: 'nbpulse:logo', svgstr: logoSvg });
export const flagIcon = new LabIcon({ name: 'nbpulse:checkpoint', svgstr: flagSvg });
export const checkIcon = new LabIcon({ name: 'nbpulse:run-tests', svgstr: checkSvg });
export const upIcon = new LabIcon({ name: 'nbpulse:submit', svgstr: upSvg });
