import { PageFrame } from '../components/page-frame.tsx'

/** What was done in the name of the signed-in person. */
export function ActivityPage() {
  return <PageFrame title="Activity" />
}
