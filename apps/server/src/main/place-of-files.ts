import { SYSTEM_USER } from '@imperal/contract'
import type { Settings } from '../foundation/config/index.ts'
import type { StorageOptions } from '../modules/storage/index.ts'

const MIB = 1_048_576

/** The bucket for files; absent: they lie in a folder. */
export function bucketOf(settings: Settings): StorageOptions['s3'] {
  const {
    IMPERAL_S3_BUCKET_URL: bucketUrl,
    IMPERAL_S3_ACCESS_KEY_ID: id,
    IMPERAL_S3_SECRET_ACCESS_KEY: secret,
  } = settings
  if (bucketUrl === undefined) return undefined
  return { bucketUrl, region: settings.IMPERAL_S3_REGION, accessKeyId: id ?? '', secretAccessKey: secret ?? '' }
}

/**
 * Bytes that all files of a user may take (K8.40): what the plan says, else the setting; null is without a limit. What
 * apps keep for nobody in particular has the setting alone.
 */
export async function storageQuota(
  settings: Settings,
  userId: string,
  limits: () => Promise<Readonly<Record<string, number>>>,
): Promise<number | null> {
  const { storage_mb: ofPlan } = userId === SYSTEM_USER ? {} : await limits()
  const megabytes = ofPlan ?? settings.IMPERAL_USER_STORAGE_MB
  return megabytes < 0 || (ofPlan === undefined && megabytes === 0) ? null : megabytes * MIB
}
