/** Written to lib/ by build-kernel-source.mjs from the Python package beside this folder. */
import type { KernelBundle } from './kernel-source.js';
export declare const kernelBundle: KernelBundle;
