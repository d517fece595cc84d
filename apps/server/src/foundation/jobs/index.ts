export {
  type CronJob,
  type FailedJob,
  type Jobs,
  type JobsOptions,
  type KeyedJob,
  openJobs,
  type QueueOptions,
  type RunningJob,
  type SendOptions,
  type UnfinishedJob,
} from './open-jobs.ts'
export { parseCron } from './parse-cron.ts'
