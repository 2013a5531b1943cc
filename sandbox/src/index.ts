/** The sandbox: untrusted code in, outcome out. */
export { gradeNotebook, type GradeRequest, type GradeWatch } from './run.js';
export { chooseEngine, whyNoGrading, type ChosenEngine, type RefusedEngine } from './choose-engine.js';
export { EngineFault, type Engine, type EngineName, type Tier } from './engine.js';
export { sandboxConfig, type SandboxConfig } from './environment.js';
export { doctor, type DoctorReport } from './doctor/doctor.js';
export { checkLine, type Check } from './doctor/check.js';
export { doctorCommand, gradeCommand, reportText, type GradeCommand } from './cli.js';
