export { openAppLogin } from './app-login.ts'
export {
  type AtomicOptions,
  type Database,
  EVERY_TENANT,
  openDatabase,
  type Statement,
  type Tx,
  type Whose,
} from './database.ts'
export { findMigrations, migrate, migrationErrors } from './migrate.ts'
export { keepWithDatabase } from './shared-clock.ts'
export type { Tables } from './tables.ts'
export type { Writer } from './writer.ts'
