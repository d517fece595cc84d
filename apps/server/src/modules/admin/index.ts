export { readDatabaseFacts, readDeadEvents, readRefusedModels, readUnwellApps } from './database-facts.ts'
export {
  appsCheck,
  type Check,
  type DatabaseFacts,
  databaseCheck,
  diskCheck,
  eventsCheck,
  hostsCheck,
  type IsolationFacts,
  isolationCheck,
  keysCheck,
  mailCheck,
  modelCheck,
  nodesCheck,
  type RefusedModel,
  runDoctor,
  runtimeCheck,
  settingsCheck,
} from './doctor.ts'
export { type Admin, openAdmin } from './open-admin.ts'
