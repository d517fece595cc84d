import './src/functions.ts'

export { ext as default } from './src/extension.ts'
