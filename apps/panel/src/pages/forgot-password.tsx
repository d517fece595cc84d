import { AuthFrame } from '../components/auth-frame.tsx'

/** Asks for the mail with which a new password is set. */
export function ForgotPasswordPage() {
  return <AuthFrame title="Forgot password" />
}
