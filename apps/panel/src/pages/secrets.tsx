import { PageFrame } from '../components/page-frame.tsx'

/** Secrets of one app: set, never shown. */
export function SecretsPage() {
  return <PageFrame title="Secrets" />
}
