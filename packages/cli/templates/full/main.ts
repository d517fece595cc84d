import './src/functions.ts'
import './src/panels.ts'
import './src/background.ts'

export { ext } from './src/extension.ts'
