const COMPLAINT = /\b(?:FATAL|PANIC|ERROR|error):\s+(.+)$/

/** What PostgreSQL complains about, without what it says besides; everything when it does not complain in its usual way. */
export function complaintOf(output: string): string {
  const complaints = output.split('\n').flatMap((line) => COMPLAINT.exec(line)?.[1] ?? [])
  return complaints.length === 0 ? output.trim() : [...new Set(complaints)].join('; ')
}
