import { AuthFrame } from '../components/auth-frame.tsx'

/** Where the link of the reset mail leads. */
export function ResetPasswordPage() {
  return <AuthFrame title="Set a new password" />
}
