export { type CronJob, type Jobs, type JobsOptions, openJobs, type QueueOptions } from './open-jobs.ts'
export { parseCron } from './parse-cron.ts'
