import { AuthFrame } from '../components/auth-frame.tsx'

/** Where a terminal asks to be signed in. */
export function DevicePage() {
  return <AuthFrame title="Approve a device" />
}
