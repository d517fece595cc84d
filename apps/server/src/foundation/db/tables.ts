/**
 * Every table by its qualified name. Modules add theirs by declaration merging in `tables.ts`:
 * `declare module '../../foundation/db/tables.ts' { interface Tables { 'registry.app': AppTable } }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the modules
export interface Tables {}
