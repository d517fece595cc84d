import '@imperal/ui-kit/page-policy'
import '@imperal/ui-kit/styles.css'
import './page.css'

// Only now: the schemas that it shares with its later parts lie in a file that would run before the policy stands.
await import('./draw.tsx')
