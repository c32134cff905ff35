//! What waits for the writer, taken in turn by lane, so that one busy directory does not starve the others (threat T38).

use std::collections::{HashMap, VecDeque};

/// Jobs by lane. Within a lane first come, first served; between lanes one of each in turn.
#[derive(Debug)]
pub(crate) struct Queue<J> {
    lanes: HashMap<u64, VecDeque<J>>,
    turn: VecDeque<u64>,
    waiting: usize,
}

impl<J> Queue<J> {
    pub(crate) fn new() -> Self {
        Self {
            lanes: HashMap::new(),
            turn: VecDeque::new(),
            waiting: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting
    }

    pub(crate) fn push(&mut self, lane: u64, job: J) {
        let jobs = self.lanes.entry(lane).or_default();
        if jobs.is_empty() {
            self.turn.push_back(lane);
        }
        jobs.push_back(job);
        self.waiting += 1;
    }

    /// Takes up to `most` jobs.
    pub(crate) fn take(&mut self, most: usize) -> Vec<J> {
        let mut batch = Vec::with_capacity(most.min(self.waiting));
        while batch.len() < most {
            let Some(lane) = self.turn.pop_front() else { break };
            let Some(jobs) = self.lanes.get_mut(&lane) else {
                continue;
            };
            batch.extend(jobs.pop_front());
            if jobs.is_empty() {
                self.forget(lane);
            } else {
                self.turn.push_back(lane);
            }
        }
        self.waiting -= batch.len();
        batch
    }

    /// Empty lanes are kept for their buffers, unless there are very many.
    fn forget(&mut self, lane: u64) {
        if self.lanes.len() > 1024 {
            self.lanes.remove(&lane);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_take_turns() {
        let mut queue = Queue::new();
        for n in 0..5 {
            queue.push(1, format!("a{n}"));
        }
        queue.push(2, "b0".to_owned());
        queue.push(3, "c0".to_owned());
        assert_eq!(queue.take(4), ["a0", "b0", "c0", "a1"]);
        queue.push(2, "b1".to_owned());
        assert_eq!(queue.take(10), ["a2", "b1", "a3", "a4"]);
        assert_eq!(queue.len(), 0);
        assert!(queue.take(10).is_empty());
    }

    #[test]
    fn empty_lanes_do_not_pile_up() {
        let mut queue = Queue::new();
        for lane in 0..5_000 {
            queue.push(lane, lane);
            queue.take(1);
        }
        assert!(queue.lanes.len() <= 1025);
    }
}
