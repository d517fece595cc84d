import './src/functions.ts'
import './src/drafts.ts'
import './src/states.ts'
import './src/runs.ts'
import './src/build.ts'
import './src/panels.ts'
import './src/build-panels.ts'

export { ext as default } from './src/extension.ts'
