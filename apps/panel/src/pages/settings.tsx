import { PageFrame } from '../components/page-frame.tsx'

/** Settings of the signed-in person, by section. */
export function SettingsPage() {
  return <PageFrame title="Settings" />
}
