export { type DynamicCode, findDynamicCode } from './source/dynamic-code.ts'
export { isSkippedFolder, parseSource } from './source/read-source-tree.ts'
export { importsAllOfZod } from './source/zod-imports.ts'
export { validateProject } from './validate-project.ts'
