/** The sandbox: untrusted code in, outcome out. */
export { gradeNotebook, type GradeRequest, type GradeWatch } from './run.js';
export { chooseEngine, whyNoGrading, type ChosenEngine, type RefusedEngine } from './choose-engine.js';
export { EngineFault, type Engine, type EngineName, type Tier } from './engine.js';
export { sandboxConfig, type SandboxConfig } from './environment.js';
