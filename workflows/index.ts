export { enrollment } from './enrollment';
export { report } from './report';
