/** The cases about whole files and other formats; apart, so that two cores share the corpus. */
import { casesByTopic, isAboutLines } from './cases.js';
import { runCases } from './run-cases.js';

runCases(Object.entries(casesByTopic).filter(([topic]) => !isAboutLines(topic)));
