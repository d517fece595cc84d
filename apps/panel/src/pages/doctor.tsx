import { PageFrame } from '../components/page-frame.tsx'

/** The state of the installation, for administrators. */
export function DoctorPage() {
  return <PageFrame title="Admin" />
}
