/** What people have in their shells that would break an AWS client, or lead it elsewhere. */
export const HOSTILE_SHELL = {
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_PROFILE: 'nobody',
  AWS_SESSION_TOKEN: 'of-another-account',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
  AWS_MAX_ATTEMPTS: 'none',
  AWS_RETRY_MODE: 'of-my-own',
  HTTP_PROXY: 'http://127.0.0.1:1',
  http_proxy: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  https_proxy: 'http://127.0.0.1:1',
  ALL_PROXY: 'http://127.0.0.1:1',
  NODE_USE_ENV_PROXY: '1',
  NODE_OPTIONS: '--no-warnings',
} as const;
