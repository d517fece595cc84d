export { type CallableInfo, callableFunctions } from './callable.ts'
export { generateManifest, type Manifest } from './generate.ts'
export { getManifestSchema, saveManifest } from './save.ts'
