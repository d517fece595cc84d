import './src/document-functions.ts'
import './src/app-functions.ts'
import './src/panels.ts'

export { ext as default } from './src/extension.ts'
