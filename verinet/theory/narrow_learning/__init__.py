"""Learning networks with one narrow hidden layer from Gaussian inputs: distances, moments, learners, counterexamples.

After Chen, Dou, Goel, Klivans and Meka [chen2023].
"""
