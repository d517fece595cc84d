import './src/github.ts'
import './src/google.ts'

// Two ways to a service, one in each file: a token that the user pastes, and an account that the user connects. Delete
// the one that you do not need.
export { ext } from './src/extension.ts'
