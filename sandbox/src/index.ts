/** The sandbox: untrusted code in, outcome out. */
export { faultReport, gradeNotebook, runSuite, type GradeRequest, type GradeWatch, type SuiteRun } from './run.js';
export { checkInEnvironment } from './check/check-in-environment.js';
export { checkSuite, type CheckRequest, type CheckWatch } from './check/check-suite.js';
export { environmentEngines, type EnvironmentEngines } from './environments/engines.js';
export { addEnvironment, removeEnvironment } from './environments/manage.js';
export { listEnvironments } from './environments/store.js';
export { readAssignment } from './check/reading.js';
export { recordSends, type RecordRequest } from './record.js';
export { chooseEngine, whyNoGrading, type ChosenEngine, type RefusedEngine } from './choose-engine.js';
export { EngineFault, type Engine, type EngineName, type Tier } from './engine.js';
export { sandboxConfig, type SandboxConfig } from './environment.js';
export { doctor, type DoctorReport } from './doctor/doctor.js';
export { checkLine, type Check } from './doctor/check.js';
export { checkText } from './check/check-text.js';
export { checkCommand, doctorCommand, gradeCommand, reportText, type GradeCommand } from './cli.js';
